import { App } from 'cdk8s';
import { openshiftPods } from './chart';

const app = new App();
openshiftPods(app);
app.synth();
