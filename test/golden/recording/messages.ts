/** What each client produces: small, yet long enough for every codec to find repetitions. */
export const MESSAGES = Array.from({ length: 20 }, (_, i) => ({
  key: `CVE-2021-${44_228 + i}`,
  value: JSON.stringify({ severity_id: i % 6, finding_info: { title: `finding ${i}`, uid: `CVE-2021-${44_228 + i}` } }),
  headers: { source: 'trivy', 'content-type': 'application/json' },
}))
