-- jsonObject({name, value, name, value, ...}) -> JSON text. Names are ours, and plain. Strings are quoted, numbers written as
-- integers, booleans as such, and {json = text} is put in as it stands: so an empty array stays an array, which cjson cannot do.
--- @include integer
function step.jsonValue(value)
  local kind = type(value)
  if kind == 'number' then return step.integer(value) end
  if kind == 'boolean' then return tostring(value) end
  if kind == 'table' then return value.json end
  -- most have nothing that is written otherwise than it is
  if not string.find(value, '[%c"\\/]') then return '"' .. value .. '"' end
  local text = cjson.encode(value)
  -- cjson writes every slash as \/, which is valid but not what a reader of the stream expects
  return string.find(value, '/', 1, true) and string.gsub(text, '\\/', '/') or text
end

-- jsonStrings(list) -> {json = text}, an array of strings for jsonObject
function step.jsonStrings(list)
  return {json = #list == 0 and '[]' or cjson.encode(list)}
end

function step.jsonObject(members)
  local parts = {}
  for i = 1, #members, 2 do
    parts[#parts + 1] = '"' .. members[i] .. '":' .. step.jsonValue(members[i + 1])
  end
  return '{' .. table.concat(parts, ',') .. '}'
end
