// Draws the pictures that stand in for a camera's: node ui/placeholders/make.mjs (needs Chromium). The results are kept.
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';

const pictures = {
  unavailable: ['Camera not available', 'Homebridge’s log says why.'],
  'no-ffmpeg': ['Install ffmpeg for pictures', 'sudo apt install ffmpeg'],
};

const page = (headline, detail) => `<!doctype html><meta charset="utf-8"><style>
  body { margin: 0; height: 100vh; display: grid; place-content: center; justify-items: center; gap: 28px;
         background: linear-gradient(#2b333d, #1d232b); color: #eef1f4; font-family: 'DejaVu Sans', sans-serif; }
  svg { width: 150px; opacity: .75 } h1 { margin: 0; font-size: 62px; font-weight: 600 } p { margin: 0; font-size: 36px; opacity: .8 }
</style>
<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" stroke-linecap="round">
  <path d="M4 13h9l3-5h16l3 5h9v27H4z"/><circle cx="24" cy="26" r="8"/><path d="M6 4l36 40"/></svg>
<h1>${headline}</h1><p>${detail}</p>`;

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const tab = await browser.newPage();
await tab.setViewport({ width: 1280, height: 720 });
for (const [name, [headline, detail]] of Object.entries(pictures)) {
  await tab.setContent(page(headline, detail));
  const path = fileURLToPath(new URL(`snapshot-${name}.jpg`, import.meta.url));
  await tab.screenshot({ path, type: 'jpeg', quality: 82 });
}
await browser.close();
