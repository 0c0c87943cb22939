/** What people read about an option, in the settings form and in the messages about it. */
interface Described {
  readonly title: string;
  /** One sentence or two: what it does, and the unit. */
  readonly text: string;
}

export interface NumberOption extends Described {
  readonly kind: 'number';
  readonly default?: number;
  readonly min: number;
  readonly max: number;
  readonly integer?: true;
}

export interface FlagOption extends Described {
  readonly kind: 'flag';
  readonly default?: boolean;
}

export interface ChoiceOption extends Described {
  readonly kind: 'choice';
  readonly choices: readonly (string | number)[];
  readonly default?: string | number;
}

export interface TextOption extends Described {
  readonly kind: 'text';
  readonly default?: string;
  /** What the text must match, and how to say so: "must be …". */
  readonly pattern?: { readonly matches: RegExp; readonly allowed: string };
}

export interface TextsOption extends Described {
  readonly kind: 'texts';
}

/** A camera's number, or libcamera's id of it. */
export interface CameraOption extends Described {
  readonly kind: 'camera';
  readonly default: number;
}

export interface GroupOption extends Described {
  readonly kind: 'group';
  readonly options: Options;
}

/** Belongs to the vocabulary, but has no effect yet: who sets it is told so. */
export interface LaterOption {
  readonly kind: 'later';
}

export type Option =
  | NumberOption
  | FlagOption
  | ChoiceOption
  | TextOption
  | TextsOption
  | CameraOption
  | GroupOption
  | LaterOption;

export type Options = Readonly<Record<string, Option>>;

/** The value of an option once it has been read: never missing when there is a default. */
export type ValueOf<O> = O extends { readonly kind: 'group'; readonly options: infer G }
  ? ValuesOf<G>
  : O extends { readonly kind: 'texts' }
    ? readonly string[]
    : O extends { readonly kind: 'camera' }
      ? number | string
      : O extends { readonly default: unknown }
        ? Scalar<O>
        : Scalar<O> | undefined;

type Scalar<O> = O extends { readonly kind: 'number' }
  ? number
  : O extends { readonly kind: 'flag' }
    ? boolean
    : O extends { readonly kind: 'choice'; readonly choices: readonly (infer C)[] }
      ? C
      : O extends { readonly kind: 'text' }
        ? string
        : never;

/** The values of a group of options, without those that have no effect yet. */
export type ValuesOf<G> = {
  readonly [K in keyof G as G[K] extends { readonly kind: 'later' } ? never : K]: ValueOf<G[K]>;
};
