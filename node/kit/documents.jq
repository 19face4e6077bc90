# Whether documents may replace those that the node has: prints what is wrong, or nothing. Anything that is not exactly
# what the graph is computed from is refused: the node then keeps the last good ones.
# `problem`, of releases.json, updates.json, and the two that the node has (or null), as a list.

def is_text: type == "string" and . != "";
def wrong_release: (type != "object") or (.version | is_text | not)
  or (.["oci-images"] // [] | type != "array" or any(.[]; (type != "object") or (.architecture | is_text | not) or (.["digest-ref"] | type != "string")))
  or (.["oci-index"] // "" | type != "string");
def optional($type): . == null or type == $type;
def wrong_entry: (type != "object") or (.version | is_text | not) or (.metadata | type != "object")
  or (.metadata
    | (.barrier, .deadend | (optional("object") | not) or (. != null and (.reason | type != "string"))),
      (.rollout | (optional("object") | not)
        or (. != null and any(.start_epoch, .start_percentage, .duration_minutes; optional("number") | not))
        or (. != null and .start_percentage != null and (.start_percentage < 0 or .start_percentage > 1)))
    | select(.)) // false;
def document($name; wrong):
  if type != "object" or (.releases | type != "array") then "\($name) is not a document of this kind"
  elif any(.releases[]; wrong) then "\($name) has an entry that cannot be read"
  else empty end;
def modified: .metadata["last-modified"]? // "";

def problem:
  . as [$releases, $updates, $old_releases, $old_updates]
  | [ ($releases | document("releases.json"; wrong_release)),
      ($updates | document("updates.json"; wrong_entry)) ]
  | if . != [] then .[0]
    elif $old_releases == null then empty
    elif ($releases.releases | length) < ($old_releases.releases | length) then
      "releases.json has \($releases.releases | length) releases, and had \($old_releases.releases | length): it is older, or another fleet's"
    elif ($releases | modified) < ($old_releases | modified) then "releases.json is older than the one this node has"
    elif ($updates | modified) < ($old_updates | modified) then "updates.json is older than the one this node has"
    else empty
    end;
