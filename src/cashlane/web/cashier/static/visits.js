// A visit: written down, then asked for under its keys until each line has its word.
// "Not paid" comes only from a stored refusal or an acknowledged abandon; silence means in doubt.

import { newKey } from "./keys.js";
import { NoAnswer, Refusal } from "./wire.js";

const PATIENCE_MS = 5000; // after this a line without a word is shown as in doubt
const AGAIN_MS = 1500;
const KEPT_MS = 3 * 24 * 3600 * 1000;

/** A visit as the journal keeps it: every key it will ever need is made now. */
export function newVisit(basket, tendered) {
  const total = basket.reduce((sum, line) => sum + line.cash_due, 0);
  return {
    id: newKey(),
    at: Date.now(),
    tendered,
    total,
    change: tendered - total,
    parked: false,
    over: false,
    lines: basket.map((line) => ({
      ...line,
      key: newKey(), backKey: newKey(), refundKey: newKey(), slipKey: newKey(),
      payment: null, number: null, state: null, word: null, sentence: null, settled: false,
    })),
  };
}

/** The word to show for a line now, null while it is still being asked for. */
export function wordOf(visit, line) {
  if (line.word !== null && line.word !== "in_doubt") return line.word;
  return Date.now() - visit.at >= PATIENCE_MS || line.word === "stuck" ? "in_doubt" : null;
}

/** Whether every line has a word to tell the citizen. */
export function told(visit) {
  return visit.lines.every((line) => wordOf(visit, line) !== null);
}

const final = (line) => line.word === "paid" || line.word === "not_paid";

/** Asks for visits until they are over. `onChange` is called whenever something was learnt. */
export class Asker {
  constructor(wire, journal, onChange) {
    this._wire = wire;
    this._journal = journal;
    this._onChange = onChange;
    this._running = new Set();
    this.visits = new Map();
  }

  /** Take up what a reload or a power cut left behind; forget what is long over. */
  async resume() {
    for (const visit of await this._journal.all("visits")) {
      if (!visit.over) this.follow(visit);
      else if (Date.now() - visit.at > KEPT_MS) await this._journal.remove("visits", visit.id);
    }
  }

  /** Begin: the keys are on the disk before the first byte leaves. */
  async begin(visit) {
    await this._journal.put("visits", visit);
    this.follow(visit);
  }

  follow(visit) {
    this.visits.set(visit.id, visit);
    if (!this._running.has(visit.id)) this._run(visit);
  }

  open() {
    return [...this.visits.values()].filter((visit) => !visit.over);
  }

  async save(visit) {
    await this._journal.put("visits", visit);
    if (visit.over) this.visits.delete(visit.id);
    this._onChange(visit);
  }

  async _run(visit) {
    this._running.add(visit.id);
    setTimeout(() => this._onChange(visit), Math.max(0, visit.at + PATIENCE_MS - Date.now()) + 20);
    while (!visit.over && !visit.lines.every(final)) {
      const learnt = await this._round(visit);
      if (learnt) await this.save(visit);
      else await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    this._running.delete(visit.id);
  }

  /** One round of asking; whether anything new was learnt. */
  async _round(visit) {
    try {
      if (visit.lines.some((line) => line.payment === null && line.word === null)) return await this._pay(visit);
      const asked = visit.lines.filter((line) => line.payment !== null && !final(line));
      if (asked.length === 0) return false;
      const learnt = await Promise.all(asked.map((line) => this._status(line)));
      return learnt.some(Boolean);
    } catch (error) {
      if (error instanceof NoAnswer) return false;
      if (error instanceof Refusal) return this._refusedWhole(visit, error);
      throw error;
    }
  }

  async _pay(visit) {
    const items = visit.lines.map((line) => ({ key: line.key, hold: line.token }));
    const answer = await this._wire.post("api/visits", { visit: visit.id, tendered: visit.tendered, items });
    answer.results.forEach((result, at) => take(visit.lines[at], result));
    return visit.lines.some((line) => line.payment !== null || line.word !== null);
  }

  async _status(line) {
    const status = await this._wire.get(`api/payments/${line.payment}?wait_ms=3000`, 8000);
    const before = `${line.word} ${line.state}`;
    line.word = status.word;
    line.state = status.state;
    return before !== `${line.word} ${line.state}` && line.word !== "in_doubt";
  }

  /** The basket as a whole was refused: make sure of every key before any cash goes back. */
  async _refusedWhole(visit, refusal) {
    if (refusal.cash !== "not_taken" && refusal.status !== 404 && refusal.status !== 422) return false;
    await this.giveUp(visit, refusal.sentence);
    return true;
  }

  /** Close the keys that have no answer yet; what had become a payment after all is kept. */
  async giveUp(visit, sentence) {
    for (const line of visit.lines.filter((one) => one.payment === null && !final(one))) {
      const answer = await this._wire.post("api/abandonments", { key: line.key });
      if (answer.abandoned) Object.assign(line, { word: "not_paid", sentence });
      else Object.assign(line, { payment: answer.payment.payment, number: answer.payment.receipt_number });
    }
    await this.save(visit);
  }
}

/** One line's answer: a payment, a refusal that stands, or one from which nothing follows. */
function take(line, result) {
  if (result.payment) {
    line.payment = result.payment.payment;
    line.number = result.payment.receipt_number;
    return;
  }
  const { problem } = result;
  line.sentence = { zh: problem.detail_zh, en: problem.detail };
  if (problem.payment_state === "not_taken") line.word = "not_paid";
  else if (!problem.retryable) line.word = "stuck";
}
