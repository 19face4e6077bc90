# The update graph of one node, from the fleet's releases.json and updates.json: what `coxswain render-graph` computes,
# with the entries for image indexes that the published graphs have. `wariness` null: not throttled.

# Writes a number without an exponent, as upstream does. It is multiplied by 1 because newer versions of jq keep the
# text of the file.
def plain_number:
  (. * 1 | tostring)
  | if test("e"; "i") | not then .
    else
      capture("^(?<sign>-?)(?<whole>[0-9]+)(?:[.](?<rest>[0-9]+))?[eE](?<exponent>[+-]?[0-9]+)$")
      | (.whole + (.rest // "")) as $digits
      | ((.whole | length) + (.exponent | ltrimstr("+") | tonumber)) as $point
      | ([range([-$point, $point - ($digits | length)] | max) | "0"] | add // "") as $zeros
      | .sign
        + if $point <= 0 then "0." + $zeros + $digits
          elif $point >= ($digits | length) then $digits + $zeros
          else $digits[:$point] + "." + $digits[$point:]
          end
    end;

def key($name): "org.fedoraproject.coreos." + $name;

def reason($name): { (key("updates." + $name)): "true", (key("updates." + $name + "_reason")): (if .reason == "" then "generic" else .reason end) };

# One entry of updates.json, as metadata of a node: all values are texts.
def described:
  [ (.deadend | select(. != null) | reason("deadend")),
    (.barrier | select(. != null) | reason("barrier")),
    (.rollout | select(. != null)
      | { (key("updates.rollout")): "true" }
        + (if .start_epoch == null then {} else { (key("updates.start_epoch")): (.start_epoch | plain_number) } end)
        + (if .start_percentage == null then {} else { (key("updates.start_value")): (.start_percentage | plain_number) } end)
        + (if .duration_minutes == null then {} else { (key("updates.duration_minutes")): (.duration_minutes | plain_number) } end))
  ] | add // {};

# How far a rollout is, 0 to 1. The order of the operations is upstream's: rounding decides at the last second.
def progress($now):
  (.start_epoch // 0) as $start | (.start_percentage // 0) as $first
  | if $now < $start then 0
    elif .duration_minutes == null then $first
    else
      ($start + ([.duration_minutes, 1] | max) * 60) as $until
      | if $now > $until then 1
        else [1, $first + ((1 - $first) / ($until - $start)) * ($now - $start)] | min
        end
    end;

# Input: the nodes, each with `rollout` and `barrier`. A target is reached from everything back to the barrier before it.
def edges:
  . as $nodes
  | [keys[] | select($nodes[.].barrier)] as $barriers
  | [keys[] | select($nodes[.].rollout != null)] | reverse
  | [ .[] as $to
      | ([$barriers[] | select(. < $to)] | last // 0) as $first
      | range($first; $to) | [., $to] ]
    + [ foreach $barriers[] as $each ({ to: 0 }; { from: .to, to: $each })
        | select($nodes[.to].rollout == null)
        | .to as $to | range(.from; $to) | [., $to] ];

# A node that was installed by a tag may report the digest of the index: each release has a second entry, with the same
# outgoing edges and no incoming edge.
def with_aliases($indexes):
  . as $graph
  | [.nodes[] | $indexes[.version] as $alias | . as $node
     | select($alias != null and $alias != "" and $alias != $node.payload) | $alias] as $found
  | if $found == [] then . else
      reduce range(.nodes | length) as $at ({ nodes: [], moved: [], alias: [] };
        $graph.nodes[$at] as $node | $indexes[$node.version] as $alias
        | .moved += [.nodes | length] | .nodes += [$node]
        | if $alias != null and $alias != "" and $alias != $node.payload
          then .alias += [.nodes | length] | .nodes += [$node | .payload = $alias]
          else .alias += [null]
          end)
      | . as $new
      | { nodes: .nodes,
          edges: [ $graph.edges[] | [$new.moved[.[0]], $new.moved[.[1]]],
                   (select($new.alias[.[0]] != null) | [$new.alias[.[0]], $new.moved[.[1]]]) ] }
    end;

def graph($releases; $updates; $basearch; $wariness; $now):
  (reduce $updates[] as $entry ({}; .[$entry.version] += [$entry.metadata])) as $said
  | [ range($releases | length) as $age | $releases[$age] as $release
      | ([ $release["oci-images"] // [] | .[] | select(.architecture == $basearch) | .["digest-ref"] | select(. != "") ] | last) as $payload
      | select($payload != null)
      | ($said[$release.version] // []) as $entries
      | { rollout: ([ $entries[].rollout | select(. != null) | with_entries(select(.value != null)) ] | add),
          barrier: any($entries[]; .barrier != null),
          deadend: any($entries[]; .deadend != null),
          node: { version: $release.version,
                  metadata: (reduce ($entries[] | described) as $each
                    ({ (key("releases.age_index")): ($age | tostring), (key("scheme")): "oci" }; . + $each)),
                  payload: $payload } } ] as $all
  | [ $all[] | .rollout != null and $wariness != null and $wariness > (.rollout | progress($now)) ] as $hidden
  | { nodes: [$all[].node],
      edges: [ $all | edges[] | select(($hidden[.[1]] | not) and ($all[.[0]].deadend | not)) ] };

# What a node on this payload is offered: the newest target of its edges. null: nothing, or the node is in no graph.
def offered($payload):
  . as $graph
  | ([.nodes[].payload] | index($payload)) as $at
  | def age: .metadata[key("releases.age_index")] | tonumber;
    if $at == null then null
    else [$graph.edges[] | select(.[0] == $at) | $graph.nodes[.[1]]] | max_by([age, .version, .payload])
      | if . != null and age > ($graph.nodes[$at] | age) then . else null end
    end;
