import { startDynalite } from '../../test/support/dynalite.ts';

/** DynamoDB with an empty state table in a process of its own: what it computes must not delay who measures. */
const { endpoint, stop } = await startDynalite();
process.send?.({ endpoint });
process.on('disconnect', () => void stop().then(() => process.exit(0)));
