"use strict";
// What pages do beyond htmx: draw charts, copy citations. Everything works without it.
(() => {
  let vega = null;

  const load = (source) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = source;
    script.onload = resolve;
    script.onerror = reject;
    document.head.append(script);
  });

  // In order: vega-lite needs vega, vega-embed needs both.
  const loaded = () => vega ??= load("/static/vega/vega.min.js")
    .then(() => load("/static/vega/vega-lite.min.js"))
    .then(() => load("/static/vega/vega-embed.min.js"));

  const colours = () => {
    const style = getComputedStyle(document.documentElement);
    const ink = style.getPropertyValue("--ink").trim(), line = style.getPropertyValue("--line").trim();
    return {
      background: "transparent", view: { stroke: null },
      axis: { labelColor: ink, titleColor: ink, gridColor: line, domainColor: line, tickColor: line },
      legend: { labelColor: ink, titleColor: ink }, title: { color: ink },
      // The page's own rules forbid styles that a script writes into the document.
      style: {},
    };
  };

  const draw = async (canvas) => {
    const specification = document.getElementById(canvas.dataset.chart);
    if (!specification || canvas.childElementCount) return;
    await loaded();
    // The interpreter runs Vega's expressions without eval, which the page's content security policy forbids.
    await window.vegaEmbed(canvas, JSON.parse(specification.textContent), {
      actions: false, renderer: "svg", ast: true, defaultStyle: false, tooltip: { disableDefaultStyle: true }, config: colours(),
    });
  };

  const seen = "IntersectionObserver" in window
    ? new IntersectionObserver((entries) => entries.forEach((entry) => {
        if (entry.isIntersecting) { seen.unobserve(entry.target); draw(entry.target); }
      }), { rootMargin: "300px" })
    : null;

  const prepare = (root) => root.querySelectorAll("[data-chart]").forEach((canvas) => seen ? seen.observe(canvas) : draw(canvas));

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy);
    const said = button.textContent;
    button.textContent = "copied";
    setTimeout(() => { button.textContent = said; }, 1500);
  });

  // A button with an address of its own (an export) is a download: the browser sends it, not htmx.
  document.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) event.stopImmediatePropagation();
  }, true);

  // An error is an answer too, which htmx leaves out: it stands where the result does, or is all of its page.
  const showError = (event) => {
    const { detail } = event, page = detail.xhr.responseText;
    if (detail.xhr.status < 400 || !(detail.xhr.getResponseHeader("Content-Type") ?? "").startsWith("text/html")) return;
    detail.shouldSwap = true;
    detail.isError = false;
    if (page.includes('id="result"')) return;
    detail.target = document.querySelector("main");
    detail.selectOverride = "main";
  };

  const start = () => {
    prepare(document);
    document.body.addEventListener("htmx:beforeSwap", showError);
    document.body.addEventListener("htmx:afterSwap", (event) => prepare(event.target.parentElement ?? document));
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
