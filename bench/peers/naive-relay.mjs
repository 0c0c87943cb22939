// Every chunk of the camera's output goes to every client as it comes.
import { camera, clients } from './serve.mjs';

const stdout = await camera();
stdout.on('data', (d) => {
  for (const client of clients) client.send(d);
});
