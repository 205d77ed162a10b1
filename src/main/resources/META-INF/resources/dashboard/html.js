/** Preact with templates instead of JSX, so that the page needs no build. */
import {Component, h, render} from '../webjars/preact/dist/preact.module.js';
import htm from '../_static/htm/dist/htm.module.js';

export const html = htm.bind(h);
export {Component, render};
