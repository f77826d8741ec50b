// A worker of sosw.mjs that does what its item says; the same file is started once a task and kept warm.
import fs from 'node:fs';
import {run} from '../../../clients/node/sosw.mjs';

await run(async (event, context) => {
  const item = event.items[0];
  context.count('items');
  console.log(`at work on ${item}`);
  if (item === 'fail') throw new RangeError(`no ${item}\nin the second line`);
  if (item === 'odd') {
    await context.time('odd', async () => Object.assign(context.stats, {bad: Infinity, big: 10n, öl: 'ü\n', ratio: 0.5}));
    return undefined;
  }
  if (item === 'function') return () => 1;
  if (item === 'many') {
    context.stats.text = 'x'.repeat(100_000);
    return 'kept';
  }
  if (item === 'heal' && !fs.existsSync('healed')) throw new Error('not healed');
  return {item, task: context.taskId === event.task_id, attempt: context.attempt, left: context.getRemainingTimeInMillis() > 0};
});
