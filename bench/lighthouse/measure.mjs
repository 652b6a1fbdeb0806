// Reads pages from standard input, measures each so often in one browser, and writes one line of JSON for each measurement.
import { readFileSync } from 'node:fs'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'

const { chromium, times, pages } = JSON.parse(readFileSync(0, 'utf8'))
const chromeFlags = ['--headless=new', '--disable-dev-shm-usage', ...(process.getuid() === 0 ? ['--no-sandbox'] : [])]
const chrome = await launch({ chromePath: chromium, chromeFlags })

const bytesOf = items => items.reduce((sum, item) => sum + (item.transferSize ?? 0), 0)

// On a busy machine the browser's trace is lost now and then; Lighthouse then says "please run again".
const look = async (url, extraHeaders, skipAudits, tries = 3) => {
  const { lhr } = await lighthouse(url, { port: chrome.port, logLevel: 'silent', extraHeaders, skipAudits })
  if (!lhr.runtimeError) return lhr
  if (tries > 1) return look(url, extraHeaders, skipAudits, tries - 1)
  throw new Error(`${url}: ${lhr.runtimeError.message}`)
}

try {
  for (let round = 0; round < times; round++) {
    for (const { name, url, headers, skip } of pages) {
      const lhr = await look(url, headers, skip)
      const loaded = lhr.audits['network-requests'].details.items
      const line = {
        name,
        address: lhr.finalDisplayedUrl,
        scores: Object.values(lhr.categories).map(category => Math.round(category.score * 100)),
        missed: Object.values(lhr.categories).flatMap(category =>
          category.auditRefs.filter(({ id, weight }) => weight && (lhr.audits[id].score ?? 1) < 0.9).map(({ id }) => id)),
        paint: lhr.audits['largest-contentful-paint'].numericValue,
        shift: lhr.audits['cumulative-layout-shift'].numericValue,
        weight: bytesOf(loaded),
        script: bytesOf(loaded.filter(item => item.resourceType === 'Script')),
      }
      console.log(JSON.stringify(line))
    }
  }
} finally {
  chrome.kill()
}
