import { App } from 'cdk8s';
import { zookeeper } from './chart';

const app = new App();
zookeeper(app);
app.synth();
