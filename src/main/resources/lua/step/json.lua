-- jsonString(text) -> it as JSON.
-- jsonMembers({name, value, ...}) -> the members of an object, in this order, without the braces. Names are ours, and plain. A value is a
--   string, an integer, {json = text}, which is put in as it is (so an empty array stays an array, which cjson cannot do), or false for a
--   member that is left out.
-- jsonStrings(list) -> {json = text}, an array of strings.
--- @include integer
local function jsonString(value)
  local text = cjson.encode(value)
  -- cjson writes every slash as \/, which is valid but not what a reader of the stream expects
  return string.find(value, '/', 1, true) and string.gsub(text, '\\/', '/') or text
end

local function jsonMembers(members)
  local parts = {}
  for i = 1, #members, 2 do
    local value, kind = members[i + 1], type(members[i + 1])
    if value ~= false then
      local text = kind == 'string' and jsonString(value) or kind == 'number' and integer(value) or value.json
      parts[#parts + 1] = '"' .. members[i] .. '":' .. text
    end
  end
  return table.concat(parts, ',')
end

local function jsonStrings(list)
  return {json = #list == 0 and '[]' or cjson.encode(list)}
end
