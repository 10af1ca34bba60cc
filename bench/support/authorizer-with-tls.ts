/** The authorizer with what its endpoint on AWS makes it load: the stub store of the benchmark speaks plain HTTP. */
export { handler } from '../../lambdas/authorizer/index.ts';

process.getBuiltinModule('node:https');
