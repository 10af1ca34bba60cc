import { App } from 'aws-cdk-lib';
import { ShopStack } from './shop-stack.ts';

new ShopStack(new App(), 'Shop', { env: { account: '111122223333', region: 'eu-central-1' } });
