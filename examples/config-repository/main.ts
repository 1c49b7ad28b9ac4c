import { App } from 'cdk8s';
import { configRepository } from './chart';

const app = new App();
configRepository(app);
app.synth();
