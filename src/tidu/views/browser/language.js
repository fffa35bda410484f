// Everything is said twice; which of the two is seen depends on the root's data-language.

export const languages = { current: "en", listeners: new Set() };

export function setLanguage(language) {
  languages.current = language === "zh" ? "zh" : "en";
  for (const listener of languages.listeners) listener(languages.current);
}

// Calls `apply` now and whenever the language changes, for labels and titles. What is no longer
// in the page is forgotten.
export function inLanguage(element, apply) {
  apply(languages.current);
  const listener = (language) => {
    if (!element.isConnected && element.dataset.seen) languages.listeners.delete(listener);
    else apply(language);
    if (element.isConnected) element.dataset.seen = "1";
  };
  languages.listeners.add(listener);
}
