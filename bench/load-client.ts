/**
 * Many viewers in a process of their own, so that what they cost is not the relay's. Commands come over IPC
 * (`LoadCommand`) and are answered there; the process ends with the channel.
 */
import { Group } from './load/group.js';
import type { GroupReport, LoadCommand } from './load/messages.js';
import { References } from './load/recorder.js';
import { answerParent, tellReady } from './parent.js';

const references = new References();
const groups = new Map<string, Group>();
const keepsTimes = !process.argv.includes('--no-times');

function group(name: string): Group {
  const known = groups.get(name) ?? new Group(references, keepsTimes);
  groups.set(name, known);
  return known;
}

async function handle(command: LoadCommand): Promise<GroupReport | undefined> {
  const viewers = group(command.group);
  switch (command.type) {
    case 'watch':
      await viewers.watch(command.target, command.count);
      return undefined;
    case 'throttle':
      viewers.throttle(command.bitsPerSecond);
      return undefined;
    case 'stall':
      await viewers.stall(command.seconds);
      return undefined;
    case 'join':
      await viewers.join(command.target, command.count, command.meanGapMs, command.seed);
      return undefined;
    case 'churn':
      await viewers.churn(command.seconds, command.seed);
      return undefined;
    case 'leave':
      viewers.leave();
      return undefined;
    case 'report':
      return viewers.report();
  }
}

answerParent(handle);
tellReady();
process.once('disconnect', () => process.exit());
