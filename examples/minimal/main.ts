import { App } from 'cdk8s';
import { minimal } from './chart';

const app = new App();
minimal(app);
app.synth();
