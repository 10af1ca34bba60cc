import { describe, expect, test } from '@jest/globals';
import { isOfSameOrigin } from '../../../../lambdas/authorizer/same-origin.ts';
import { RequestHeaders } from '../../../../lambdas/http/request-headers.ts';

const HOST = 'app.example.com';
const CONSOLE = 'https://console.example.com';

type Headers = Readonly<Record<string, string | readonly string[]>>;

function count(headers: Headers, allowed: readonly string[] = [CONSOLE]): boolean {
  const multiValueHeaders = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat()]),
  );
  return isOfSameOrigin(new RequestHeaders({ multiValueHeaders }), allowed);
}

describe('cookies count on control routes', () => {
  test.each<[string, Headers]>([
    ['of a program that is no browser', { Host: HOST }],
    [
      'of a page of the same origin',
      { Host: HOST, Origin: `https://${HOST}`, 'Sec-Fetch-Site': 'same-origin' },
    ],
    ['of an older browser on the same origin', { Host: HOST, Origin: `https://${HOST}` }],
    ['of a GET of the same origin', { Host: HOST, 'Sec-Fetch-Site': 'same-origin' }],
    ['of an address that was typed', { Host: HOST, 'Sec-Fetch-Site': 'none' }],
    ['of a page of an allowed origin', { Host: HOST, Origin: CONSOLE, 'Sec-Fetch-Site': 'same-site' }],
    [
      'of an older browser by the same scheme',
      { Host: HOST, Origin: `https://${HOST}`, 'X-Forwarded-Proto': 'https' },
    ],
    ['of an older browser on an allowed origin', { Host: HOST, Origin: CONSOLE }],
    ['with a port', { Host: 'localhost:5000', Origin: 'http://localhost:5000' }],
    ['with the port that goes without saying', { Host: `${HOST}:443`, Origin: `https://${HOST}` }],
    ['with a host in another case', { Host: 'App.Example.com', Origin: `https://${HOST}` }],
    [
      'with header names in lower case',
      { host: HOST, origin: `https://${HOST}`, 'sec-fetch-site': 'same-origin' },
    ],
  ])('%s', (_, headers) => {
    expect(count(headers)).toBe(true);
  });

  test.each<[string, Headers]>([
    ['of a page of another scheme', { Host: HOST, Origin: `http://${HOST}`, 'X-Forwarded-Proto': 'https' }],
    [
      'of a page of somebody else’s',
      { Host: HOST, Origin: 'https://evil.test', 'Sec-Fetch-Site': 'cross-site' },
    ],
    ['of an older browser there', { Host: HOST, Origin: 'https://evil.test' }],
    ['of a link or picture there', { Host: HOST, 'Sec-Fetch-Site': 'cross-site' }],
    ['of a neighbour', { Host: HOST, Origin: 'https://blog.example.com', 'Sec-Fetch-Site': 'same-site' }],
    ['of a link at a neighbour', { Host: HOST, 'Sec-Fetch-Site': 'same-site' }],
    ['of a sandboxed page', { Host: HOST, Origin: 'null' }],
    [
      'of a page that says it is of the same origin',
      { Host: HOST, Origin: `https://${HOST}`, 'Sec-Fetch-Site': 'cross-site' },
    ],
    ['of a host that begins alike', { Host: HOST, Origin: `https://${HOST}.evil.test` }],
    ['of a host that ends alike', { Host: HOST, Origin: `https://evil-${HOST}` }],
    ['of another port', { Host: HOST, Origin: `https://${HOST}:8443` }],
    ['with our host as its user', { Host: HOST, Origin: `https://${HOST}@evil.test` }],
    ['of a file', { Host: HOST, Origin: 'file://' }],
    ['of an origin that is none', { Host: HOST, Origin: 'evil' }],
    ['of an empty origin', { Host: HOST, Origin: '' }],
    ['without a host', { Origin: `https://${HOST}` }],
    ['with an empty host', { Host: '', Origin: `https://${HOST}` }],
    ['with two origins', { Host: HOST, Origin: [`https://${HOST}`, 'https://evil.test'] }],
    ['with two hosts', { Host: [HOST, 'evil.test'], Origin: 'https://evil.test' }],
    ['with two sites', { Host: HOST, 'Sec-Fetch-Site': ['same-origin', 'cross-site'] }],
    ['of a site that nobody knows', { Host: HOST, 'Sec-Fetch-Site': 'Same-Origin' }],
  ])('not %s', (_, headers) => {
    expect(count(headers)).toBe(false);
  });

  test.each([
    ['https://evil.test', false],
    ['*', false],
    [`https://${HOST}`, true],
  ])('where any origin may read, that of %s: %s', (Origin, counts) => {
    expect(count({ Host: HOST, Origin }, ['*'])).toBe(counts);
  });
});
