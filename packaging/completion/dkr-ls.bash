# Completion of dkr-ls for bash. dkr-ls itself knows what may come next; this only asks it.
_dkr_ls() {
    local line=${COMP_LINE:0:COMP_POINT} breaks=${COMP_WORDBREAKS//[!=:]/} current unchanged=
    local -a words candidates
    # bash has cut the line at = and : as well, dkr-ls wants it cut at blanks.
    read -ra words <<<"$line"
    [[ $line != *[[:blank:]] ]] || words+=("")
    current=${words[-1]}
    mapfile -t candidates < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
    # What bash is to replace begins behind the last = or : only.
    [[ -z $breaks ]] || unchanged=${current%"${current##*["$breaks"]}"}
    candidates=("${candidates[@]%%$'\t'*}")
    COMPREPLY=("${candidates[@]#"$unchanged"}")
    [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[:/] ]] || compopt -o nospace
}
complete -F _dkr_ls dkr-ls
