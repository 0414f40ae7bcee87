# Completion of dkr-ls for bash. dkr-ls itself knows what may come next; this only asks it.
_dkr_ls() {
    local rest=${COMP_LINE:0:COMP_POINT} piece blanks program unchanged candidate
    local -a words=() candidates
    # bash has cut the line at = and : as well, dkr-ls wants it cut at blanks, and at the cursor.
    for piece in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        blanks=${rest%%[^[:space:]]*}
        rest=${rest#"$blanks"}
        [[ $rest == "$piece"* ]] || piece=$rest
        rest=${rest#"$piece"}
        if [[ $blanks || ${#words[@]} == 0 || ($piece != [=:]* && ${words[-1]} != *[=:]) ]]; then
            words+=("$piece")
        else
            words[-1]+=$piece
        fi
    done
    # What quotes keep together is one word by now.
    words=("${words[@]//[\\\"\']/}")
    program=${words[0]/#\~\//"$HOME/"}
    program=${program/#\$HOME\//"$HOME/"}
    type -t "$program" >/dev/null || program=dkr-ls
    mapfile -t candidates < <("$program" __complete "${words[@]:1}" 2>/dev/null)
    # bash replaces the last piece only, and nothing of a = or : at the cursor.
    piece=${piece//[\\\"\']/}
    [[ $piece != +([=:]) ]] || piece=
    unchanged=${words[-1]%"$piece"}
    COMPREPLY=()
    for candidate in "${candidates[@]%%$'\t'*}"; do
        candidate=${candidate#"$unchanged"}
        # What is foreign, such as the name of a context, must not be read as shell code.
        [[ ! $candidate ]] || printf -v "COMPREPLY[${#COMPREPLY[@]}]" %q "$candidate"
    done
    [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[:/] ]] || compopt -o nospace
}
complete -F _dkr_ls dkr-ls
