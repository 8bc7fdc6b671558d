/** @returns {Uint8Array | undefined} undefined if the text is not base64 */
export function decodeBase64(text) {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** @param {Uint8Array} bytes */
export function encodeBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}
