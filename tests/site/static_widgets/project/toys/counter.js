/** @param {{model: any, el: HTMLElement}} props */
function render({ model, el }) {
  const button = document.createElement("button");
  button.className = "counter";
  const show = () => (button.textContent = `count is ${model.get("value")}`);
  button.addEventListener("click", () => {
    model.set("value", model.get("value") + 1);
    model.save_changes();
  });
  model.on("change:value", show);
  show();
  el.append(button);
}

export default { render };
