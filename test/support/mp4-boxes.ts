/** A reading of MP4 of its own: what `src/mp4` writes is held against it. */
export interface Box {
  readonly type: string;
  /** Behind size and type. */
  readonly content: Buffer;
  readonly children: readonly Box[];
}

/** Boxes that hold boxes, and what stands in front of those. */
const containers = new Map([
  ...['moov', 'trak', 'mdia', 'minf', 'dinf', 'stbl', 'mvex', 'moof', 'traf'].map(
    (type) => [type, 0] as const,
  ),
  ['dref', 8],
  ['stsd', 8],
  ['avc1', 78],
]);

/** The boxes that fill these bytes exactly; throws when they do not. */
export function readBoxes(bytes: Buffer): Box[] {
  const boxes: Box[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (size < 8 || at + size > bytes.length) throw new Error(`${type} of ${size} bytes does not fit`);
    const content = bytes.subarray(at + 8, at + size);
    const before = containers.get(type);
    boxes.push({ type, content, children: before === undefined ? [] : readBoxes(content.subarray(before)) });
    at += size;
  }
  return boxes;
}

/** The only box at the end of a path such as `moov/trak/mdia`; throws when there is none, or another. */
export function boxAt(boxes: readonly Box[], path: string): Box {
  const [type, ...rest] = path.split('/');
  const [found, another] = boxes.filter((box) => box.type === type);
  if (!found || another) throw new Error(`not exactly one ${String(type)}`);
  return rest.length === 0 ? found : boxAt(found.children, rest.join('/'));
}

/** Types as an outline: `moov(mvhd,trak(…))`. */
export function outline(boxes: readonly Box[]): string {
  return boxes
    .map(({ type, children }) => (children.length === 0 ? type : `${type}(${outline(children)})`))
    .join(',');
}

export interface ReadSample {
  readonly duration: number;
  readonly flags: number;
  /** The NAL units, without their lengths. */
  readonly nals: readonly Buffer[];
}

export interface ReadFragment {
  readonly sequence: number;
  readonly decodeTime: bigint;
  readonly samples: readonly ReadSample[];
}

/** Reads one fragment whose samples lie where its data offset says and fill its `mdat`; throws when they do not. */
export function readFragment(bytes: Buffer): ReadFragment {
  const boxes = readBoxes(bytes);
  const mdat = boxAt(boxes, 'mdat').content;
  const trun = boxAt(boxes, 'moof/traf/trun').content;
  let at = trun.readInt32BE(8);
  if (at !== bytes.length - mdat.length) throw new Error(`the data offset ${at} is not that of the mdat`);
  const samples = Array.from({ length: trun.readUInt32BE(4) }, (_, i) => {
    const [duration = 0, size = 0, flags = 0] = [12, 16, 20].map((field) =>
      trun.readUInt32BE(i * 12 + field),
    );
    const sample = bytes.subarray(at, at + size);
    at += size;
    return { duration, flags, nals: readNals(sample) };
  });
  if (at !== bytes.length) throw new Error(`the samples end at ${at}, the mdat at ${bytes.length}`);
  if (trun.length !== 12 + samples.length * 12)
    throw new Error('the trun is longer or shorter than its samples');
  const tfdt = boxAt(boxes, 'moof/traf/tfdt').content;
  return {
    sequence: boxAt(boxes, 'moof/mfhd').content.readUInt32BE(4),
    decodeTime: tfdt.readBigUInt64BE(4),
    samples,
  };
}

function readNals(sample: Buffer): Buffer[] {
  const nals: Buffer[] = [];
  for (let at = 0; at < sample.length;) {
    const end = at + 4 + sample.readUInt32BE(at);
    if (end > sample.length) throw new Error('a NAL unit is longer than its sample');
    nals.push(sample.subarray(at + 4, end));
    at = end;
  }
  return nals;
}
