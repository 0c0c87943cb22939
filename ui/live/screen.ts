import type { Words } from './states.js';

/** The page's elements and what they say. Text only, so that no name and no message can become markup. */
export class Screen {
  readonly #main = element('main');
  readonly #headline = element('#headline');
  readonly #countdown = element('#countdown');
  readonly #details = element('#details');
  readonly #camera = element('#camera');
  #shown = '';

  /** Where the player puts its video. */
  readonly stage = element('#stage');

  name(camera: string): void {
    document.title = camera;
    this.#camera.textContent = camera;
  }

  /** `words` is missing while the picture speaks for itself. */
  show(words: Words | undefined, hasPicture: boolean): void {
    const shown = JSON.stringify([words, hasPicture]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#main.dataset.state = words?.kind ?? 'playing';
    this.#main.dataset.picture = hasPicture ? 'yes' : 'no';
    setText(this.#headline, words?.headline ?? '');
    setText(this.#countdown, words?.countdown ?? '');
    const details = words?.details ?? [];
    if (details.join('\n') === [...this.#details.children].map((line) => line.textContent).join('\n')) return;
    this.#details.replaceChildren(
      ...details.map((detail) => {
        const line = document.createElement('p');
        line.textContent = detail;
        return line;
      }),
    );
  }
}

/** Unchanged text stays untouched, or a screen reader would read it again. */
function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

function element(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  if (!found) throw new Error(`The page lacks ${selector}.`);
  return found;
}
