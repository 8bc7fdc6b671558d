/** Opens Link: Plaid's own with real keys, the sandbox's stand-in without. Only the script's address differs. */
import { h } from "./dom.js";
import { state } from "./state.js";

const CLOSED = "Link was closed before an account was linked.";

/**
 * @returns {Promise<{ publicToken: string, institution?: string } | { exit: { message?: string, error_code?: string, error_message?: string } }>}
 */
export function openLink(token) {
  return new Promise((resolve) => {
    const open = () => {
      const finish = (result) => {
        handler.destroy();
        resolve(result);
      };
      const handler = window.Plaid.create({
        token,
        onSuccess: (publicToken, { institution }) => finish({ publicToken, institution: institution?.name }),
        onExit: (error) => finish({ exit: error ?? { message: CLOSED } }),
      });
      handler.open();
    };
    if (window.Plaid) return open();
    const script = h("script", {
      src: state.session.linkScript,
      onload: open,
      onerror() {
        script.remove();
        resolve({ exit: { message: "Link's script failed to load. Try again in a moment." } });
      },
    });
    document.head.append(script);
  });
}
