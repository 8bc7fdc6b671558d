/** The bytes of a request's body, or null once they are more than `most`. */
export async function readBody(request, most) {
  // Firefox has no `Request.body`; everywhere else, what is too large is not read to its end.
  const reader = request.body?.getReader?.();
  if (!reader) {
    const whole = new Uint8Array(await request.arrayBuffer());
    return whole.length > most ? null : whole;
  }
  const chunks = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > most) {
      reader.cancel().catch(() => {});
      return null;
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
}
