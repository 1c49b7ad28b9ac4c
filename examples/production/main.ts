import { App } from 'cdk8s';
import { production } from './chart';

const app = new App();
production(app);
app.synth();
