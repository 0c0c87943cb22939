import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Access, cookieName, isSameOrigin } from '../../src/relay/access.js';

const token = 'a1'.repeat(32);
const access = new Access(token, false);
const cookie = access.sessionCookie('/').split(';')[0] ?? '';

const request = (headers: Record<string, string>): IncomingMessage =>
  ({ headers }) as unknown as IncomingMessage;
const check = (headers: Record<string, string>, query = ''): string | undefined =>
  access.check(request(headers), new URL(`http://relay/x/${query}`));

describe('who may come in', () => {
  test.each<[what: string, headers: Record<string, string>, query: string, proof: string | undefined]>([
    ['nobody in particular', {}, '', undefined],
    ['the token as bearer', { authorization: `Bearer ${token}` }, '', 'token'],
    ['the token as bearer, in other letters', { authorization: `bearer  ${token}` }, '', 'token'],
    ['the token in the address', {}, `?token=${token}`, 'token'],
    ['the session cookie', { cookie: `a=b; ${cookie}; c=d` }, '', 'cookie'],
    ['another token as bearer', { authorization: `Bearer ${'b1'.repeat(32)}` }, '', undefined],
    ['a beginning of the token', { authorization: `Bearer ${token.slice(0, 63)}` }, '', undefined],
    ['an empty token', {}, '?token=', undefined],
    ['the token as cookie', { cookie: `${cookieName}=${token}` }, '', undefined],
    ['the session value as token', {}, `?token=${cookie.split('=')[1] ?? ''}`, undefined],
    ['a wrong token, but the cookie', { cookie }, '?token=x', 'cookie'],
  ])('%s', (_, headers, query, proof) => {
    expect(check(headers, query)).toBe(proof);
  });

  test('everybody, when it is open', () => {
    expect(new Access(token, true).check(request({}), new URL('http://relay/'))).toBe('open');
  });

  test('the cookie does not hold the token, and scripts cannot read it', () => {
    expect(access.sessionCookie('/base/')).toMatch(
      /^libcamera_session=[0-9a-f]{64}; Path=\/base\/; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain(token);
  });

  test('nobody by arbitrary headers', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (authorization, cookies, query) => {
        expect(
          check({ authorization, cookie: cookies }, `?token=${encodeURIComponent(query)}`),
        ).toBeUndefined();
      }),
    );
  });
});

test.each([
  ['http://pi.local:8190', 'pi.local:8190', true],
  ['https://pi.local:8190', 'Pi.local:8190', true],
  ['http://[fe80::1]:8190', '[fe80::1]:8190', true],
  ['http://pi.local:8581', 'pi.local:8190', false],
  ['http://evil.example', 'pi.local:8190', false],
  ['http://pi.local:8190.evil.example', 'pi.local:8190', false],
  ['null', 'pi.local:8190', false],
  ['', 'pi.local:8190', false],
])('origin %j on host %j: %p', (origin, host, same) => {
  expect(isSameOrigin(request({ origin, host }))).toBe(same);
});

test('no origin is not the same origin', () => {
  expect(isSameOrigin(request({ host: 'pi.local' }))).toBe(false);
});
