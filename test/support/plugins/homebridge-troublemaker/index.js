/** Makes the trouble that TROUBLE names as soon as Homebridge gets SIGUSR2. */
export default function troublemaker() {
  const trouble = process.env.TROUBLE;
  if (trouble === undefined) return;
  process.on('SIGUSR2', () => {
    if (trouble === 'exit') process.exit(7);
    setTimeout(() => {
      throw new Error('A plugin has a fault.');
    }, 0);
  });
}
