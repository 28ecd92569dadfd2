// `npm test`: everything, the browser too. Ends with a line `N passed, N failed`.
process.argv.push('--browser');
await import('./check.mjs');
