/** Styles of Swagger UI beyond its own. */
export const PAGE_STYLE = `
  /* A lock on every operation suggests that it is protected; for an optional token, the one beside Authorize is enough. */
  .swagger-ui .authorization__btn,
  /* No response has OpenAPI links, and a phone has no room for their column. */
  .swagger-ui .response-col_links { display: none }
  .swagger-ui .responses-inner { overflow-x: auto }
  /* Before the script has run, too. */
  @media (prefers-color-scheme: dark) { html, body { background: #1c2022; color-scheme: dark } }
  .one-time-secret { border: 2px solid #b45309; border-radius: 4px; margin: 0 0 20px; padding: 12px 16px; background: #fffbeb; color: #3b2a00 }
  .dark-mode .one-time-secret { background: #2d2410; color: #fde9c0 }
  .swagger-ui .one-time-secret h4, .swagger-ui .one-time-secret p { color: inherit; margin: 0 0 8px; font-size: 14px }
  .one-time-secret code { display: block; margin: 0 0 12px; font: 600 14px monospace; overflow-wrap: anywhere; user-select: all }
  .swagger-ui .one-time-secret .btn { color: inherit; border-color: currentcolor; margin: 0 8px 0 0 }
`;
