// What must outlive a power cut: visits with their keys, the open basket, acts under way, reprints.
// Written with strict durability: `put` has reached the disk before it is answered.

const NAME = "cashlane-till";
const STORES = ["visits", "acts", "copies", "kept"];

/** Open the journal. Fails loudly where the browser keeps nothing: then no cash may be taken. */
export async function openJournal() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    for (const store of STORES) request.result.createObjectStore(store, { keyPath: "id" });
  };
  return new Journal(await done(request));
}

class Journal {
  constructor(database) {
    this._database = database;
  }

  /** Write a row; it is on the disk when this ends. */
  async put(store, row) {
    const work = this._database.transaction(store, "readwrite", { durability: "strict" });
    work.objectStore(store).put(row);
    await complete(work);
  }

  async remove(store, id) {
    const work = this._database.transaction(store, "readwrite", { durability: "strict" });
    work.objectStore(store).delete(id);
    await complete(work);
  }

  async get(store, id) {
    return (await done(this._database.transaction(store).objectStore(store).get(id))) ?? null;
  }

  /** All rows, by id: keys of version 7 are in the order in which they were made. */
  all(store) {
    return done(this._database.transaction(store).objectStore(store).getAll());
  }
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function complete(work) {
  return new Promise((resolve, reject) => {
    work.oncomplete = () => resolve();
    work.onerror = () => reject(work.error);
    work.onabort = () => reject(work.error);
  });
}
