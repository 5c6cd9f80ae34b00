import type { JsonObject } from '../../schemas/json.ts'
import { StoplogError } from '../../schemas/stoplog-error.ts'
import type { OcsfResource } from '../../schemas/ocsf/ocsf-event.ts'
import { present, textAt, textsAt } from './raw-report.ts'

/** What was scanned. */
export interface Asset {
  /** A name that is the same everywhere, so that the findings of two assets never mix. */
  readonly uid: string
  /** What people call it. */
  readonly name: string
  readonly type: string
  readonly namespace?: string
  /** The commit of a repository. */
  readonly version?: string
}

/**
 * The asset of a report: the image by its repository digest, else by its id, else the repository by its address, else
 * what the config says. Throws E_ASSET_UNKNOWN when there is none of them: a path, a tag or a file name would make
 * findings of different things look the same.
 */
export function toAsset(artifact: JsonObject, metadata: JsonObject | undefined, configured: string | undefined): Asset {
  const artifactName = withoutUser(textAt(artifact, 'ArtifactName') ?? textAt(artifact, 'ClusterName'))
  const uid =
    repositoryDigest(textsAt(metadata, 'RepoDigests'), artifactName) ??
    textAt(metadata, 'ImageID') ??
    repositoryAddress(textAt(metadata, 'RepoURL')) ??
    configured
  if (uid === undefined) {
    throw new StoplogError(
      'E_ASSET_UNKNOWN',
      `the report names what was scanned only as "${artifactName ?? ''}": no image digest, image id or repository URL`,
    )
  }
  return present<Asset>({
    uid,
    name: artifactName === undefined || /^[./]+$/.test(artifactName) ? uid : artifactName,
    type: textAt(artifact, 'ArtifactType') ?? 'unknown',
    version: textAt(metadata, 'Commit'),
  })
}

/** A workload of a cluster. The cluster's own name is often "kubernetes" or "minikube", so it needs the config's. */
export function toWorkload(resource: JsonObject, cluster: Asset): Asset {
  const namespace = textAt(resource, 'Namespace')
  const kind = textAt(resource, 'Kind') ?? 'unknown'
  const name = textAt(resource, 'Name') ?? ''
  return present<Asset>({
    uid: [cluster.uid, namespace ?? '', kind, name].join('/'),
    name: `${kind}/${name}`,
    type: `kubernetes ${kind.toLowerCase()}`,
    namespace,
  })
}

export function toResource(asset: Asset): OcsfResource {
  return present<OcsfResource>({
    uid: asset.uid,
    name: asset.name,
    type: asset.type,
    namespace: asset.namespace,
    version: asset.version,
  })
}

/** `repository@sha256:…`; of several, the one that was scanned, else the first by name. */
function repositoryDigest(digests: readonly string[], artifactName: string | undefined): string | undefined {
  const repository = artifactName === undefined ? undefined : repositoryOf(artifactName)
  const candidates = [...digests].sort()
  return candidates.find((digest) => repositoryOf(digest) === repository) ?? candidates[0]
}

/** `host:5000/team/app:1.2@sha256:…` without tag and digest. */
function repositoryOf(image: string): string {
  const [named = ''] = image.split('@')
  const tag = named.indexOf(':', named.lastIndexOf('/') + 1)
  return tag < 0 ? named : named.slice(0, tag)
}

/** The address without user, password, `.git` and a slash at its end: what differs between clones of the same. */
export function repositoryAddress(address: string | undefined): string | undefined {
  let repository = withoutUser(address) ?? ''
  while (repository.endsWith('/')) repository = repository.slice(0, -1)
  if (repository.endsWith('.git')) repository = repository.slice(0, -4)
  return repository === '' ? undefined : repository
}

/** `https://user:token@host/path` without what belongs to nobody else. */
function withoutUser(address: string | undefined): string | undefined {
  return address?.replace(/^([a-z][a-z0-9+.-]{0,20}:\/\/)[^/]*@/i, '$1')
}
