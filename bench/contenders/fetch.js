// What a good engineer writes when one endpoint is all they need.

export function create(baseUrl) {
  return async function authGet(accessToken, signal) {
    const response = await fetch(`${baseUrl}/auth/get`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "plaid-version": "2020-09-14",
        "plaid-client-id": "5f1b0c0a9d3e4b0012345678",
        "plaid-secret": "a0123456789abcdef0123456789abc",
      },
      body: JSON.stringify({ access_token: accessToken }),
      signal,
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`Plaid answered ${response.status} ${answer.error_code}`);
    return answer;
  };
}
