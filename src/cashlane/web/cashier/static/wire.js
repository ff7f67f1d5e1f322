// Asking the server. An answer is the server's word; everything else - no line, no time, a broken
// body, too busy - is NoAnswer, from which nothing may be concluded.

const PATIENCE_MS = 5000;

/** Nothing was learnt. */
export class NoAnswer extends Error {}

/** The server said no, in both languages. `cash` is "not_taken", "taken", "unknown" or "none" (the
 * answer is about no cash): only "not_taken" ever lets cash go back. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.code);
    this.status = status;
    this.code = problem.code;
    this.cash = problem.payment_state;
    this.sentence = { zh: problem.detail_zh, en: problem.detail };
  }
}

/** One till's line to its server. `onEnded` is called when nobody is signed in any more. */
export class Wire {
  constructor(onEnded) {
    this.form = "till";
    this.reached = true;
    this._onEnded = onEnded;
  }

  get(path, patience = PATIENCE_MS) {
    return this._ask("GET", path, undefined, {}, patience);
  }

  post(path, body, key) {
    const headers = { "Cashlane-Form": this.form };
    if (key) headers["Idempotency-Key"] = key;
    return this._ask("POST", path, body, headers, PATIENCE_MS);
  }

  async _ask(method, path, body, headers, patience) {
    const answer = await this._fetch(method, path, body, headers, patience);
    const type = answer.headers.get("content-type") ?? "";
    try {
      if (answer.status === 204) return null;
      const content = type.includes("json") ? await answer.json() : await answer.text();
      if (answer.ok) return content;
      throw this._refused(answer.status, content);
    } catch (error) {
      if (error instanceof Refusal || error instanceof NoAnswer) throw error;
      throw new NoAnswer(path);
    }
  }

  _refused(status, content) {
    if (typeof content !== "object" || !content.code) return new NoAnswer(String(status));
    if (content.code === "SESSION_ENDED" || content.code === "TILL_NOT_ENROLLED") this._onEnded();
    return new Refusal(status, content);
  }

  async _fetch(method, path, body, headers, patience) {
    const sent = { ...headers };
    if (body !== undefined) sent["Content-Type"] = "application/json";
    try {
      const answer = await fetch(`/till/${path}`, {
        method,
        headers: sent,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(patience),
        cache: "no-store",
      });
      this.reached = true;
      return answer;
    } catch {
      this.reached = false;
      throw new NoAnswer(path);
    }
  }
}
