import { App } from 'cdk8s';
import { imageBuilders } from './chart';

const app = new App();
imageBuilders(app);
app.synth();
