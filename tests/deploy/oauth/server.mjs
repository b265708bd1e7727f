// A real OAuth server (oidc-provider) in front of a workspace without one: every request requires a token.
// node server.mjs PORT UPSTREAM_PORT TOKEN_SECONDS; prints "ready" when it listens.
import http from 'node:http';
import Provider from 'oidc-provider';

const [port, upstream, seconds] = process.argv.slice(2).map(Number);
const issuer = `http://127.0.0.1:${port}/oidc`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: process.env.OAUTH_CLIENT_ID,
    client_secret: process.env.OAUTH_CLIENT_SECRET,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_basic',
  }],
  scopes: ['all-apis'],
  features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
  routes: { token: '/v1/token' },
  ttl: { ClientCredentials: seconds },
});
const oauth = provider.callback();
const requests = [];

async function known(header) {
  const token = /^Bearer (.+)$/.exec(header ?? '')?.[1];
  const found = token && await provider.ClientCredentials.find(token);
  return Boolean(found && !found.isExpired);
}

function refuse(response) {
  response.writeHead(401, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error_code: 'UNAUTHENTICATED', message: 'no such token' }));
}

const server = http.createServer(async (request, response) => {
  if (request.url.startsWith('/oidc/')) {
    request.originalUrl = request.url;
    request.url = request.url.slice('/oidc'.length);
    return oauth(request, response);
  }
  // The first URL that the platform's SDK requests.
  if (request.url === '/.well-known/databricks-config') {
    response.writeHead(200, { 'content-type': 'application/json' });
    return response.end(JSON.stringify({ oidc_endpoint: issuer, workspace_id: '1', account_id: 'a' }));
  }
  // The requests, for the test to count.
  if (request.url === '/_requests') {
    response.end(JSON.stringify(requests.splice(0)));
    return undefined;
  }
  if (!await known(request.headers.authorization)) return refuse(response);
  requests.push(`${request.method} ${request.url}`);
  const { authorization, ...headers } = request.headers;
  const onward = http.request({ host: '127.0.0.1', port: upstream, path: request.url, method: request.method, headers }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => response.destroy());
  return request.pipe(onward);
});
server.listen(port, '127.0.0.1', () => console.log('ready'));
