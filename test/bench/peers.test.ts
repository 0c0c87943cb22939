import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { projectRoot } from '../setup/paths.js';

const read = (path: string): string => readFileSync(`${projectRoot}/${path}`, 'utf8');

test.each(['naive-relay', 'serve', 'naive-pts', 'naive-startcode', 'tcp-source'])(
  'docs/performance.md quotes the peer %s as it is measured',
  (name) => {
    expect(read('docs/performance.md')).toContain(`\`\`\`js\n${read(`bench/peers/${name}.mjs`)}\`\`\`\n`);
  },
);
