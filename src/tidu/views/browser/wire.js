// Messages to the Python side and its answers, over any channel that has send and receive.

const KINDS = { f4: Float32Array, u1: Uint8Array, i4: Int32Array };

export class Wire {
  // channel: { send(message), receive(callback(reply, buffers)) }
  constructor(channel) {
    this.channel = channel;
    this.waiting = new Map();
    this.count = 0;
    channel.receive((reply, buffers) => {
      const done = this.waiting.get(reply.answers);
      this.waiting.delete(reply.answers);
      if (done) done(unpacked(reply, buffers));
    });
  }

  ask(message) {
    const id = ++this.count;
    return new Promise((done) => {
      this.waiting.set(id, done);
      this.channel.send({ ...message, id });
    });
  }
}

// Puts typed arrays where the JSON says {$tensor}; each has its `shape`.
export function unpacked(value, buffers) {
  if (Array.isArray(value)) return value.map((inner) => unpacked(inner, buffers));
  if (value === null || typeof value !== "object") return value;
  if (value.$tensor !== undefined) {
    const raw = buffers[value.$tensor];
    const bytes = raw.buffer ? raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) : raw;
    const numbers = new KINDS[value.kind](bytes);
    numbers.shape = value.shape;
    return numbers;
  }
  return Object.fromEntries(Object.entries(value).map(([k, inner]) => [k, unpacked(inner, buffers)]));
}

// One binary block of the lab's socket: length, JSON, buffers.
export function opened(block) {
  const length = Number(new DataView(block).getBigUint64(0, true));
  const { reply, sizes } = JSON.parse(new TextDecoder().decode(new Uint8Array(block, 8, length)));
  let at = 8 + length;
  const buffers = sizes.map((size) => {
    const buffer = block.slice(at, at + size);
    at += size + ((8 - (size % 8)) % 8);
    return buffer;
  });
  return [reply, buffers];
}
