-- jsonMembers({name, value, name, value, ...}) -> the members of an object as JSON text, without the braces. Names are ours, and
-- plain. Strings are quoted (jsonString), numbers written as integers, booleans as such, and {json = text} is put in as it
-- stands: so an empty array stays an array, which cjson cannot do.
--- @include integer
--- @include json_string
function step.jsonValue(value)
  local kind = type(value)
  if kind == 'number' then return step.integer(value) end
  if kind == 'boolean' then return tostring(value) end
  if kind == 'table' then return value.json end
  return step.jsonString(value)
end

-- jsonStrings(list) -> {json = text}, an array of strings for jsonMembers
function step.jsonStrings(list)
  return {json = #list == 0 and '[]' or cjson.encode(list)}
end

function step.jsonMembers(members)
  local parts = {}
  for i = 1, #members, 2 do
    parts[#parts + 1] = '"' .. members[i] .. '":' .. step.jsonValue(members[i + 1])
  end
  return table.concat(parts, ',')
end
