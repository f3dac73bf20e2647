import { flameGraphs } from './flames.js';
import type { PageData } from './page-data.js';
import { unfoldForPrint } from './print.js';
import { reachableScrollers, sortableTables } from './tables.js';
import { themeButton } from './theme.js';
import { timeCharts } from './time-charts.js';

themeButton();
sortableTables();
reachableScrollers();
unfoldForPrint();
flameGraphs();
// It was written by the same version of the program that wrote this script into the page.
const data: PageData = JSON.parse(document.getElementById('data')?.textContent ?? 'null');
timeCharts(data);
