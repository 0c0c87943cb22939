/**
 * Jest runs what tsc wrote: no transformer, so that a test can start the very Worker file that ships.
 * @type {import('jest').Config}
 */
export default {
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/test/long/'],
  testEnvironment: 'node',
  transform: {},
  testTimeout: 30_000,
  // Most tests wait for real time to pass: two at once take half as long, also on two cores.
  maxWorkers: 2,
};
