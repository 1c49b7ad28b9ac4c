import { App } from 'cdk8s';
import { complete } from './chart';

const app = new App();
complete(app);
app.synth();
