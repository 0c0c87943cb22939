import { imageOptions } from '../../src/config/image-options.js';
import type { Option, Options } from '../../src/config/option-types.js';
import { cameraOptions, platformOptions, relayOptions } from '../../src/config/options.js';

type Json = Readonly<Record<string, unknown>>;

/** The settings form of the Homebridge UI, made of the same definition that the configuration is read by. */
export function configSchema(): Json {
  const { name, relay, ffmpegPath } = platformOptions;
  return {
    pluginAlias: 'Libcamera',
    pluginType: 'platform',
    singular: true,
    strictValidation: true,
    headerDisplay:
      'Cameras of this Raspberry Pi. Each camera needs a name; everything else has a sensible default.',
    schema: {
      type: 'object',
      properties: {
        name: { ...property(name), required: true },
        cameras: {
          title: 'Cameras',
          type: 'array',
          items: { title: 'Camera', type: 'object', properties: properties(cameraOptions, ['name']) },
        },
        relay: property(relay),
        ffmpegPath: property(ffmpegPath),
      },
    },
    layout: [
      'name',
      {
        key: 'cameras',
        type: 'array',
        buttonText: 'Add camera',
        items: [{ type: 'div', items: cameraLayout() }],
      },
      section('Live view in the browser', fields(relayOptions, 'relay.')),
      section('Programs', ['ffmpegPath']),
    ],
  };
}

const advanced = ['id', 'program', 'keyFrameInterval', 'linger', 'extraArguments'];

function cameraLayout(): unknown[] {
  const own = Object.entries<Option>(cameraOptions).filter(
    ([key, option]) => !(key in imageOptions) && option.kind !== 'group',
  );
  const pick = (inAdvanced: boolean): unknown[] =>
    fields(Object.fromEntries(own.filter(([key]) => advanced.includes(key) === inAdvanced)), 'cameras[].');
  return [
    ...pick(false),
    section('Picture', fields(imageOptions, 'cameras[].')),
    section('Home app', fields(cameraOptions.homekit.options, 'cameras[].homekit.')),
    section('Advanced', pick(true)),
  ];
}

function section(title: string, items: unknown[]): Json {
  return { type: 'fieldset', title, expandable: true, expanded: false, items };
}

/** Whole numbers with bounds become sliders unless the layout says otherwise. */
function fields(options: Options, prefix: string): unknown[] {
  return Object.entries(options)
    .filter(([, option]) => option.kind !== 'later')
    .map(([key, option]) =>
      option.kind === 'number' || option.kind === 'camera'
        ? { key: prefix + key, type: 'number' }
        : prefix + key,
    );
}

function properties(options: Options, required: readonly string[] = []): Json {
  const entries = Object.entries(options).filter(([, option]) => option.kind !== 'later');
  return Object.fromEntries(
    entries.map(([key, option]) => [
      key,
      required.includes(key) ? { ...property(option), required: true } : property(option),
    ]),
  );
}

function property(option: Option): Json {
  if (option.kind === 'later') return {};
  const described = { title: option.title, description: option.text };
  const preset = 'default' in option ? { default: option.default } : {};
  switch (option.kind) {
    case 'number':
      return {
        ...described,
        type: option.integer ? 'integer' : 'number',
        ...preset,
        minimum: option.min,
        maximum: option.max,
      };
    case 'flag':
      return { ...described, type: 'boolean', ...preset };
    case 'choice': {
      const type = typeof option.choices[0] === 'number' ? 'integer' : 'string';
      const oneOf = option.choices.map((choice) => ({ title: String(choice), enum: [choice] }));
      return { ...described, type, ...preset, oneOf };
    }
    case 'text':
      return {
        ...described,
        type: 'string',
        ...preset,
        ...(option.pattern && { pattern: option.pattern.matches.source }),
      };
    case 'texts':
      return { ...described, type: 'array', items: { type: 'string' } };
    case 'camera':
      return { ...described, type: 'integer', ...preset, minimum: 0, maximum: 63 };
    case 'group':
      return { ...described, type: 'object', properties: properties(option.options) };
  }
}
