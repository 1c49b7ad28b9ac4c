import { Temp } from 'cdk8s-nodepool';
test('x', () => { expect(new Temp()).toBeDefined(); });
