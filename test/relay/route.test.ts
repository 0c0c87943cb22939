import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { listeningInodes } from '../../src/relay/port-holder.js';
import { route } from '../../src/relay/route.js';

describe('paths', () => {
  test.each([
    ['/', { to: 'index' }],
    ['/cameras.json', { to: 'cameras' }],
    ['/assets/live.js', { to: 'asset', name: 'live.js' }],
    ['/front-door', { to: 'addSlash', id: 'front-door' }],
    ['/front-door/', { to: 'page', id: 'front-door' }],
    ['/front-door/live', { to: 'live', id: 'front-door' }],
    ['/k%C3%BCche/', { to: 'page', id: 'küche' }],
    ['/front-door/other', undefined],
    ['/front-door/live/', undefined],
    ['/assets', undefined],
    ['/assets/a/b', undefined],
    ['/metrics', { to: 'metrics' }],
    ['/metrics/', undefined],
    ['/front-door/stream.h264', { to: 'stream', id: 'front-door', kind: 'h264' }],
    ['/front-door/stream.mp4', { to: 'stream', id: 'front-door', kind: 'mp4' }],
    ['/front-door/stream.avi', undefined],
    ['/front-door/snapshot.jpg', { to: 'snapshot', id: 'front-door' }],
    ['/front-door/stats.json', { to: 'stats', id: 'front-door' }],
    ['/login/', undefined],
    ['//', undefined],
    ['//evil.example/', undefined],
    ['/%', undefined],
    ['', undefined],
  ])('%j', (path, expected) => {
    expect(route(path, '')).toEqual(expected);
  });

  test('behind a base path', () => {
    expect(route('/cameras/door/', '/cameras')).toEqual({ to: 'page', id: 'door' });
    expect(route('/cameras/', '/cameras')).toEqual({ to: 'index' });
    expect(route('/door/', '/cameras')).toBeUndefined();
    expect(route('/camerasdoor/', '/cameras')).toBeUndefined();
  });

  test('of arbitrary text never throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webPath()), (path) => void route(path, '')));
  });
});

test('the kernel table names the socket that listens on a port', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:1FFE 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0',
    '   1: 0100007F:1FFE 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 20 4 30 10 -1',
    '   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 99 1 0 100 0 0 10 0',
  ].join('\n');
  expect(listeningInodes(table, 8190)).toEqual(['socket:[4711]']);
  expect(listeningInodes(table, 80)).toEqual(['socket:[99]']);
  expect(listeningInodes(table, 81)).toEqual([]);
});
