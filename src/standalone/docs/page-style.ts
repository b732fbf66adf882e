/** Styles of Swagger UI beyond its own. */
export const PAGE_STYLE = `
  /* A lock on every operation suggests that it is protected; for an optional token, the one beside Authorize is enough. */
  .swagger-ui .authorization__btn,
  /* No response has OpenAPI links, and a phone has no room for their column. */
  .swagger-ui .response-col_links { display: none }
  .swagger-ui .responses-inner { overflow-x: auto }
  /* Before the script has run, too. */
  @media (prefers-color-scheme: dark) { html, body { background: #1c2022; color-scheme: dark } }
  /* Swagger UI's colours where their contrast with the background is below 4.5 (WCAG 2.1, 1.4.3). */
  .swagger-ui .opblock .opblock-summary-method { color: #000; text-shadow: none }
  .swagger-ui .info .title small { background: #4b5563 }
  .swagger-ui .info .title small.version-stamp { background: #3f6212 }
  .swagger-ui .info .title small pre { color: #fff }
  .swagger-ui .highlight-code .download-contents, .swagger-ui .download-contents { background: #4b5563; color: #fff }
  html:not(.dark-mode) .swagger-ui a.link, html:not(.dark-mode) .swagger-ui .info a { color: #1d5fb4 }
  html:not(.dark-mode) .swagger-ui .btn.authorize, html:not(.dark-mode) .swagger-ui .btn.authorize span { border-color: #0b6b43; color: #0b6b43 }
  html:not(.dark-mode) .swagger-ui .btn.cancel { border-color: #b91c1c; color: #b91c1c }
  html:not(.dark-mode) .swagger-ui .btn.execute { background: #1d5fb4; border-color: #1d5fb4 }
  html:not(.dark-mode) .swagger-ui :is(.parameter__in, .header-example) { color: #4b5563 }
  .dark-mode .swagger-ui :is(.examples-select__section-label, .header-col, .header-example) { color: #e4e6e6 }
  html.dark-mode .swagger-ui .opblock .opblock-section-header .btn.try-out__btn.cancel { border-color: #ff9a9a; color: #ff9a9a }
  .one-time-secret { border: 2px solid #b45309; border-radius: 4px; margin: 0 0 20px; padding: 12px 16px; background: #fffbeb; color: #3b2a00 }
  .dark-mode .one-time-secret { background: #2d2410; color: #fde9c0 }
  .swagger-ui .one-time-secret h4, .swagger-ui .one-time-secret p { color: inherit; margin: 0 0 8px; font-size: 14px }
  .one-time-secret code { display: block; margin: 0 0 12px; font: 600 14px monospace; overflow-wrap: anywhere; user-select: all }
  .swagger-ui .one-time-secret .btn { color: inherit; border-color: currentcolor; margin: 0 8px 0 0 }
`;
