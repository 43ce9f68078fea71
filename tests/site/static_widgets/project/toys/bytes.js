export default {
  /** @param {{model: any, el: HTMLElement}} props */
  render({ model, el }) {
    /** @param {DataView} view */
    const total = (view) => new Uint8Array(view.buffer).reduce((sum, byte) => sum + byte, 0);
    el.textContent = `sums ${total(model.get("data"))} and ${total(model.get("deep").list[1])}`;
  },
};
