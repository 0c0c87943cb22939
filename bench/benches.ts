import { atMost, type Results, type Row, show } from './row.js';

/** A question, the scenarios that answer it, and what the answer should be. */
export interface Bench {
  readonly name: string;
  readonly scenarios: readonly string[];
  readonly rows: (results: Results) => Omit<Row, 'name'>[];
}

/** How much longer than the naive relay ours may take, in ms. */
const overNaiveMs = 0.5;

export const benches: readonly Bench[] = [
  ...[1, 10, 100].map(latencyOnVc4),
  ...[1, 10, 100].map(latencyOnPisp),
  {
    name: 'latency-naive-pts',
    scenarios: ['ours-vc4-100', 'naive-pts-100'],
    rows: (results) => {
      const [own, peer] = lastMedians(results, 'ours-vc4-100', 'naive-pts-100');
      return [
        {
          what: 'vc4, last of 100 viewers, peer: whole pictures by `--save-pts` and `ws.send`',
          ours: show(own, 2, 'ms'),
          peer: show(peer, 2, 'ms'),
          threshold: 'no more than the peer',
          met: atMost(own, peer),
        },
      ];
    },
  },
  {
    name: 'latency-naive-startcode',
    scenarios: ['ours-vc4-1', 'naive-startcode-1'],
    rows: (results) => {
      const [own, peer] = lastMedians(results, 'ours-vc4-1', 'naive-startcode-1');
      return [
        {
          what: 'vc4, 1 viewer, peer: whole pictures by the next start code',
          ours: show(own, 2, 'ms'),
          peer: show(peer, 2, 'ms'),
          threshold: '30 ms less than the peer',
          met: atMost(own + 30, peer),
        },
      ];
    },
  },
  {
    name: 'latency-seed',
    scenarios: ['ours-vc4-1', 'websockify-1'],
    rows: (results) => {
      const [own, peer] = lastMedians(results, 'ours-vc4-1', 'websockify-1');
      return [
        {
          what: 'vc4, 1 viewer, peer: websockify (it has one only)',
          ours: show(own, 2, 'ms'),
          peer: show(peer, 2, 'ms'),
          threshold: '–',
          met: undefined,
        },
        {
          what: 'vc4, 1 viewer, peer: go2rtc 1.9.14',
          ours: show(own, 2, 'ms'),
          peer: '33.65 ms (quoted, measured elsewhere on another machine)',
          threshold: '–',
          met: undefined,
        },
      ];
    },
  },
  {
    name: 'viewers-300',
    scenarios: ['ours-vc4-300', 'naive-300'],
    rows: (results) => {
      const lost = results.worst('ours-vc4-300', 'lost') + results.worst('ours-vc4-300', 'broken');
      const [own, peer] = lastMedians(results, 'ours-vc4-300', 'naive-300');
      return [
        {
          what: 'vc4, 300 viewers: pictures lost or broken, worst run',
          ours: show(lost, 0, ''),
          peer: show(results.worst('naive-300', 'lost') + results.worst('naive-300', 'broken'), 0, ''),
          threshold: 'none',
          met: atMost(lost, 0),
        },
        {
          what: 'vc4, last of 300 viewers, median',
          ours: show(own, 2, 'ms'),
          peer: show(peer, 2, 'ms'),
          threshold: '–',
          met: undefined,
        },
      ];
    },
  },
  {
    name: 'cpu-100',
    scenarios: ['ours-vc4-100', 'naive-100'],
    rows: (results) => {
      const own = results.figure('ours-vc4-100', 'cpuPerViewerMinute');
      const peer = results.figure('naive-100', 'cpuPerViewerMinute');
      return [
        {
          what: 'CPU per viewer and minute, 100 viewers',
          ours: show(own * 1000, 1, 'ms'),
          peer: show(peer * 1000, 1, 'ms'),
          threshold: 'no more than the peer',
          met: atMost(own, peer),
        },
      ];
    },
  },
  {
    name: 'rss',
    scenarios: ['ours-vc4-1', 'ours-vc4-100', 'naive-1', 'naive-100'],
    rows: (results) => {
      const growth = (name: string): number => {
        return (results.figure(`${name}-100`, 'rssKiB') - results.figure(`${name}-1`, 'rssKiB')) / 99;
      };
      const own = growth('ours-vc4');
      return [
        {
          what: 'memory (RSS) per viewer, from 1 to 100',
          ours: show(own, 1, 'KiB'),
          peer: show(growth('naive'), 1, 'KiB'),
          threshold: '≤ 100 KiB',
          met: atMost(own, 100),
        },
      ];
    },
  },
  {
    name: 'slow',
    scenarios: ['ours-slow', 'naive-slow'],
    rows: (results) => {
      const own = (figure: string): number => results.figure('ours-slow', figure);
      const peer = (figure: string): number => results.figure('naive-slow', figure);
      const without = own('othersWithoutMs');
      const ratio = (during: number, before: number): string =>
        `${show(before, 2, 'ms')} → ${show(during, 2, 'ms')}`;
      return [
        {
          what: 'a viewer at 2 Mbit/s, delay after 25 s, median',
          ours: show(own('delayMedianMs') / 1000, 2, 's'),
          peer: show(peer('delayMedianMs') / 1000, 2, 's'),
          threshold: '≤ 1.0 s',
          met: atMost(own('delayMedianMs'), 1000),
        },
        {
          what: 'the same, p95',
          ours: show(own('delayP95Ms') / 1000, 2, 's'),
          peer: show(peer('delayP95Ms') / 1000, 2, 's'),
          threshold: '≤ 2 s',
          met: atMost(own('delayP95Ms'), 2000),
        },
        {
          what: 'the last of the 5 other viewers, median, before → during',
          ours: ratio(own('othersDuringMs'), without),
          peer: ratio(peer('othersDuringMs'), peer('othersWithoutMs')),
          threshold: '≤ 1.5 × or + 0.5 ms',
          met: atMost(own('othersDuringMs'), Math.max(1.5 * without, without + 0.5)),
        },
      ];
    },
  },
  {
    name: 'stalled',
    scenarios: ['ours-stalled', 'naive-stalled'],
    rows: (results) => {
      const [own, peer] = [
        results.figure('ours-stalled', 'liveAfterMs'),
        results.figure('naive-stalled', 'liveAfterMs'),
      ];
      return [
        {
          what: 'a viewer that read nothing for 16 s is live (≤ 0.5 s old) again after',
          ours: show(own / 1000, 2, 's'),
          peer: show(peer / 1000, 2, 's'),
          threshold: '≤ 1.5 s',
          met: atMost(own, 1500),
        },
        {
          what: 'old pictures it got before',
          ours: show(results.figure('ours-stalled', 'stalePictures'), 0, ''),
          peer: show(results.figure('naive-stalled', 'stalePictures'), 0, ''),
          threshold: '–',
          met: undefined,
        },
      ];
    },
  },
  {
    name: 'join',
    scenarios: ['ours-join', 'naive-join'],
    rows: (results) => {
      const [mean, p95] = [
        results.figure('ours-join', 'joinMeanMs'),
        results.figure('ours-join', 'joinP95Ms'),
      ];
      return [
        {
          what: 'join with 20 present, 101 → first picture that can be decoded, mean',
          ours: show(mean, 1, 'ms'),
          peer: show(results.figure('naive-join', 'joinMeanMs'), 0, 'ms'),
          threshold: '≤ 10 ms',
          met: atMost(mean, 10),
        },
        {
          what: 'the same, p95',
          ours: show(p95, 1, 'ms'),
          peer: show(results.figure('naive-join', 'joinP95Ms'), 0, 'ms'),
          threshold: '≤ 30 ms',
          met: atMost(p95, 30),
        },
      ];
    },
  },
  {
    name: 'blocked',
    scenarios: ['worker-blocked', 'thread-blocked'],
    rows: (results) => {
      const own = results.figure('worker-blocked', 'lastP99Ms');
      const peer = results.figure('thread-blocked', 'lastP99Ms');
      return [
        {
          what: 'main thread busy 100 ms each second, 5 viewers, p99; peer: our relay in that thread',
          ours: show(own, 2, 'ms'),
          peer: show(peer, 2, 'ms'),
          threshold: '≤ a quarter of the peer',
          met: atMost(own, peer / 4),
        },
      ];
    },
  },
  handOut('hand-out-vc4', 'vc4, timestamp lines', 1),
  handOut('hand-out-pisp', 'pisp, FLV', 1),
  handOut('hand-out-gap', 'vc4 without timestamp lines, a pause', 6),
  plain('snapshot-memory', 'still picture that is at hand, median (p99)'),
  plain('snapshot-first', 'still picture, camera off before, median (p99)'),
  plain('snapshot-four', 'still picture, four ask at once while the camera streams, median (p99)'),
];

function latencyOnVc4(viewers: number): Bench {
  const scenarios = [`ours-vc4-${viewers}`, `naive-${viewers}`];
  return {
    name: `latency-vc4-${viewers}`,
    scenarios,
    rows: (results) => {
      const [own, peer] = lastMedians(results, `ours-vc4-${viewers}`, `naive-${viewers}`);
      return [
        {
          what: `vc4, last of ${viewers} viewer${viewers > 1 ? 's' : ''}, median (p99)`,
          ours: withP99(results, `ours-vc4-${viewers}`, 'last'),
          peer: withP99(results, `naive-${viewers}`, 'last'),
          threshold: '≤ peer + 0.5 ms (median)',
          met: atMost(own, peer + overNaiveMs),
        },
        ...middleRow(results, `vc4, median of ${viewers} viewers`, `ours-vc4-${viewers}`, `naive-${viewers}`),
      ].slice(0, viewers > 1 ? 2 : 1);
    },
  };
}

/** The naive relay cannot carry what this platform's program writes; the peer is the naive relay on vc4. */
function latencyOnPisp(viewers: number): Bench {
  const [own, peer] = [`ours-pisp-${viewers}`, `naive-${viewers}`];
  return {
    name: `latency-pisp-${viewers}`,
    scenarios: [own, peer],
    rows: (results) => {
      const [ownMs, peerMs] = lastMedians(results, own, peer);
      return [
        {
          what: `pisp, last of ${viewers} viewer${viewers > 1 ? 's' : ''}, median (p99); peer on vc4`,
          ours: withP99(results, own, 'last'),
          peer: withP99(results, peer, 'last'),
          threshold: '≤ peer + 0.5 ms (median)',
          met: atMost(ownMs, peerMs + overNaiveMs),
        },
        ...middleRow(results, `pisp, median of ${viewers} viewers; peer on vc4`, own, peer),
      ].slice(0, viewers > 1 ? 2 : 1);
    },
  };
}

function middleRow(results: Results, what: string, own: string, peer: string): Omit<Row, 'name'>[] {
  return [
    {
      what: `${what}, median (p99)`,
      ours: withP99(results, own, 'middle'),
      peer: withP99(results, peer, 'middle'),
      threshold: '–',
      met: undefined,
    },
  ];
}

/** A measurement of ours alone. */
function handOut(name: string, rung: string, limitMs: number): Bench {
  const what = `written → access unit handed out in the same thread: ${rung}, median (p99)`;
  return plain(name, what, limitMs);
}

/** @param limitMs what the median should be under, if anything */
function plain(name: string, what: string, limitMs?: number): Bench {
  return {
    name,
    scenarios: [name],
    rows: (results) => {
      const [median, p99] = [results.figure(name, 'medianMs'), results.figure(name, 'p99Ms')];
      const ours = `${show(median, 2, '')} (${show(p99, 2, '')}) ms`;
      if (limitMs === undefined) return [{ what, ours, peer: '–', threshold: '–', met: undefined }];
      return [{ what, ours, peer: '–', threshold: `< ${limitMs} ms (median)`, met: atMost(median, limitMs) }];
    },
  };
}

function lastMedians(results: Results, own: string, peer: string): [own: number, peer: number] {
  return [results.figure(own, 'lastMedianMs'), results.figure(peer, 'lastMedianMs')];
}

function withP99(results: Results, scenario: string, which: 'last' | 'middle'): string {
  const median = results.figure(scenario, `${which}MedianMs`);
  return `${show(median, 2, '')} (${show(results.figure(scenario, `${which}P99Ms`), 2, '')}) ms`;
}
