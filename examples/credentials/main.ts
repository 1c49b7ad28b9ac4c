import { App } from 'cdk8s';
import { credentials } from './chart';

const app = new App();
credentials(app);
app.synth();
