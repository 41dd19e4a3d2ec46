# bash completion for tillctl                              -*- shell-script -*-
# SPDX-License-Identifier: Apache-2.0
# Made by man/generate.py from tillctl's table of verbs.

# Values of one field out of JSON that the daemon sent; names have no quotes.
_tillctl_names() {
	grep -o "$1:\"[^\"]*\"" | cut -d'"' -f4 | sort -u
}

_tillctl_known() {
	case $1 in
	device) tillctl devices --json 2>/dev/null | _tillctl_names '"name"' ;;
	till) tillctl tills --json 2>/dev/null | _tillctl_names '"id"' ;;
	operator) tillctl operator list --json 2>/dev/null | _tillctl_names '"login"' ;;
	action) echo "advance_invoice.add advance_invoice.delete advance_invoice.modify advance_invoice.read advance_invoice_correction.add advance_invoice_correction.confirm advance_invoice_correction.confirm_cash advance_invoice_correction.delete advance_invoice_correction.modify advance_invoice_correction.read balance.exceed_limit balance.preview buy_back.confirm card.cancel cash_deposit.add cash_deposit.delete cash_deposit.modify cash_deposit.read cash_document.list cash_report.add cash_report.delete cash_report.modify cash_report.read cash_withdrawal.add cash_withdrawal.delete cash_withdrawal.modify cash_withdrawal.read config.access config.interface correction.new credit.exceed credit.modify_limit customer.edit day.end debit_memo.add debit_memo.delete debit_memo.modify debit_memo.read document.edit_others drawer.open exchange.confirm inventory.count_close inventory.count_list inventory.count_open inventory.count_preview inventory.sheet_close inventory.sheet_modify inventory.sheet_open invoice_correction.add invoice_correction.confirm invoice_correction.confirm_cash invoice_correction.delete invoice_correction.modify invoice_correction.read payment.accept_unvalidated payment_in.confirm payment_out.confirm personal_data_consent.add personal_data_consent.delete personal_data_consent.modify personal_data_consent.read price.change receipt.add receipt.delete receipt.issue receipt.modify receipt.read receipt_correction.add receipt_correction.confirm receipt_correction.confirm_cash receipt_correction.delete receipt_correction.modify receipt_correction.read receiving_report.add receiving_report.cancel receiving_report.confirm receiving_report.delete receiving_report.modify receiving_report.process receiving_report.read receiving_report.save refund.validate report.daily report.periodic sales_complaint.accept sales_complaint.add sales_complaint.close sales_complaint.delete sales_complaint.modify sales_complaint.read sales_invoice.add sales_invoice.delete sales_invoice.issue sales_invoice.modify sales_invoice.read sales_order.add sales_order.delete sales_order.make_advance_invoice sales_order.modify sales_order.read sales_quote.add sales_quote.delete sales_quote.modify sales_quote.read shift.end_difference shift.end_without_withdrawal shift.start_difference stock.reconcile tax_free.add tax_free.confirm_cash tax_free.confirm_export tax_free.delete tax_free.modify tax_free.read trade_document.new warehouse_movement.add warehouse_movement.cancel warehouse_movement.confirm warehouse_movement.delete warehouse_movement.modify warehouse_movement.process warehouse_movement.read warehouse_movement.save" ;;
	verb) echo "authorization authorize backup badge balance can cancel cash check copies day declare device devices display doctor drawer events fiscal group guesses health help journal log operation operator password pay pin policy print receipt refund replay report return session settle setup sign-off sign-on sign-ons slip slips status supervisors terminal till tills token trace whoami" ;;
	esac
}

_tillctl_options() {
	case $1 in
	"authorization") echo "--socket --json --help --wait" ;;
	"authorize") echo "--withdraw --socket --json --help --till --wait --login --password-stdin --pin --pin-stdin --deny --arm --withdraw --elsewhere --list --at" ;;
	"backup") echo "--socket --json --help --till" ;;
	"badge block") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"badge enroll") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin --label --until" ;;
	"badge list") echo "--socket --json --help --till" ;;
	"badge remove") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"badge set") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin --label --until" ;;
	"badge unblock") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"balance") echo "--socket --json --help --till --wait --pin --pin-stdin" ;;
	"can") echo "--socket --json --help --till --all" ;;
	"cancel") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin" ;;
	"cash in") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --reference --token-stdin" ;;
	"cash out") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --reference --token-stdin" ;;
	"check") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reference --detail --amount --token-stdin" ;;
	"copies") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"day") echo "--socket --json --help --till" ;;
	"day end") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --force --report --counted --withdrawal --terminal" ;;
	"declare") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reference --token-stdin" ;;
	"device learn") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin" ;;
	"device release") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --for --token-stdin" ;;
	"device scan") echo "--socket --json --help --wait" ;;
	"device take") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin" ;;
	"device test") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin" ;;
	"devices") echo "--socket --json --help" ;;
	"display") echo "--socket --json --help --till --clear --idle" ;;
	"doctor") echo "--socket --json --help" ;;
	"drawer") echo "--socket --json --help --till" ;;
	"drawer open") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --event" ;;
	"events") echo "--socket --json --help --till --follow --after --count" ;;
	"fiscal") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"fiscal clock") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin" ;;
	"group list") echo "--socket --json --help --till" ;;
	"group remove") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"group set") echo "--socket --json --help --till --wait --key --name --pin --pin-stdin --token-stdin --tills --permissions --rights" ;;
	"group show") echo "--socket --json --help --till" ;;
	"guesses") echo "--socket --json --help --till" ;;
	"guesses clear") echo "--socket --json --help --till" ;;
	"health") echo "--socket --json --help" ;;
	"help") echo "--socket --json --help" ;;
	"journal archive") echo "--socket --json --help --till --keep-days" ;;
	"journal export") echo "--socket --json --help --till" ;;
	"journal list") echo "--socket --json --help --till --after --kind --operation --limit --newest" ;;
	"journal segments") echo "--socket --json --help --till --after --limit" ;;
	"journal verify") echo "--socket --json --help --till --key" ;;
	"log") echo "--socket --json --help --follow --limit" ;;
	"operation") echo "--call-off --socket --json --help --wait --call-off" ;;
	"operator add") echo "--socket --json --help --till --wait --key --name --pin --pin-stdin --token-stdin --groups --role" ;;
	"operator erase") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"operator list") echo "--socket --json --help --till" ;;
	"operator remove") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"operator set") echo "--socket --json --help --till --wait --key --login --name --pin --pin-stdin --token-stdin --groups --role --active" ;;
	"operator show") echo "--socket --json --help --till" ;;
	"password") echo "--socket --json --help --till --wait --key --password-stdin --pin --pin-stdin --token-stdin" ;;
	"pay") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reference --token-stdin --authorization" ;;
	"pin") echo "--socket --json --help --till --wait --key --password-stdin --pin --pin-stdin --token-stdin" ;;
	"policy apply") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin --dry-run --yes" ;;
	"policy bundle") echo "--socket --json --help" ;;
	"policy explain") echo "--socket --json --help --till --operator --action" ;;
	"policy key") echo "--socket --json --help" ;;
	"policy lint") echo "--socket --json --help --till" ;;
	"policy show") echo "--socket --json --help --till" ;;
	"policy sign") echo "--socket --json --help --key --number --box" ;;
	"print") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"print job") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reference --token-stdin" ;;
	"receipt") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"refund") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --reference --token-stdin --payment" ;;
	"replay") echo "--socket --json --help" ;;
	"report") echo "--socket --json --help --record" ;;
	"report periodic") echo "--socket --json --help --till --wait --key --pin --pin-stdin --from --to --from-number --to-number --summary --token-stdin" ;;
	"report x") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"report z") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin --event" ;;
	"return") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --reference --token-stdin" ;;
	"session") echo "--socket --json --help --till" ;;
	"session close") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --force" ;;
	"session closing") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --force" ;;
	"session count") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --force" ;;
	"session end") echo "--socket --json --help --till --wait --pin --pin-stdin --reason --force" ;;
	"session hand-over") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --force" ;;
	"session list") echo "--socket --json --help --till --limit --before" ;;
	"session lock") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --force" ;;
	"session open") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin" ;;
	"session report") echo "--socket --json --help --till --wait --pin --pin-stdin" ;;
	"session unlock") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin --force" ;;
	"settle") echo "--socket --json --help --till --wait --key --pin --pin-stdin --reason --token-stdin" ;;
	"setup") echo "--socket --json --help --login --name --password-stdin --policy --confirm-rollback --reason --recover" ;;
	"sign-off") echo "--socket --json --help --till" ;;
	"sign-on") echo "--socket --json --help --till --wait --login --password-stdin --pin --pin-stdin --badge" ;;
	"sign-ons") echo "--socket --json --help --till" ;;
	"sign-ons end") echo "--socket --json --help --till" ;;
	"slip") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"slips") echo "--socket --json --help --till --wait --pin --pin-stdin" ;;
	"slips print") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"status") echo "--socket --json --help --watch" ;;
	"supervisors") echo "--socket --json --help" ;;
	"terminal day-end") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"terminal receipt") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin" ;;
	"terminal service") echo "--socket --json --help --wait" ;;
	"till") echo "--socket --json --help --till" ;;
	"till add") echo "--socket --json --help --till --wait --key --name --pin --pin-stdin --token-stdin --currency --users --client-groups --pin-sign-on" ;;
	"till remove") echo "--socket --json --help --till --wait --key --pin --pin-stdin --token-stdin --yes" ;;
	"till set") echo "--socket --json --help --till --wait --key --name --pin --pin-stdin --token-stdin --currency --users --client-groups --pin-sign-on" ;;
	"till show") echo "--socket --json --help --till" ;;
	"tills") echo "--socket --json --help" ;;
	"token give") echo "--token-stdin --socket --json --help --till --password-stdin --pin --pin-stdin --reason --amount --for --at --minutes --action" ;;
	"token list") echo "--socket --json --help --till" ;;
	"token revoke") echo "--socket --json --help --till" ;;
	"trace") echo "--socket --json --help --follow --limit --record" ;;
	"whoami") echo "--socket --json --help --till" ;;
	esac
}

# What the word behind a verb, or behind an option, is.
_tillctl_kind() {
	case $1 in
	"--action") echo "action" ;;
	"--at") echo "till" ;;
	"--for") echo "operator" ;;
	"--login") echo "operator" ;;
	"--operator") echo "operator" ;;
	"--till") echo "till" ;;
	"badge enroll") echo "operator" ;;
	"badge list") echo "operator" ;;
	"check") echo "action" ;;
	"devices") echo "device" ;;
	"help") echo "verb" ;;
	"operator erase") echo "operator" ;;
	"operator remove") echo "operator" ;;
	"operator set") echo "operator" ;;
	"operator show") echo "operator" ;;
	"password") echo "operator" ;;
	"pin") echo "operator" ;;
	"till") echo "till" ;;
	"till remove") echo "till" ;;
	"till set") echo "till" ;;
	"till show") echo "till" ;;
	"trace") echo "device" ;;
	esac
}

# Second words of verbs that have two.
_tillctl_second() {
	case $1 in
	"badge") echo "block enroll list remove set unblock" ;;
	"cash") echo "in out" ;;
	"day") echo "end" ;;
	"device") echo "learn release scan take test" ;;
	"drawer") echo "open" ;;
	"fiscal") echo "clock" ;;
	"group") echo "list remove set show" ;;
	"guesses") echo "clear" ;;
	"journal") echo "archive export list segments verify" ;;
	"operator") echo "add erase list remove set show" ;;
	"policy") echo "apply bundle explain key lint show sign" ;;
	"print") echo "job" ;;
	"report") echo "periodic x z" ;;
	"session") echo "close closing count end hand-over list lock open report unlock" ;;
	"sign-ons") echo "end" ;;
	"slips") echo "print" ;;
	"terminal") echo "day-end receipt service" ;;
	"till") echo "add remove set show" ;;
	"token") echo "give list revoke" ;;
	esac
}

# first, second, the word before and the current one: what could stand there;
# nothing: a file.
_tillctl_choose() {
	_tillctl_verb=$1
	[ -z "$(_tillctl_options "$1 $2")" ] || _tillctl_verb="$1 $2"
	case $3 in
	--*) if [ -n "$(_tillctl_kind "$3")" ]; then
		_tillctl_known "$(_tillctl_kind "$3")"
		return
	fi ;;
	esac
	case $4 in
	-*) echo "$(_tillctl_options "$_tillctl_verb") --socket --json --help" ;;
	*) if [ -z "$1" ]; then
		echo "authorization authorize backup badge balance can cancel cash check copies day declare device devices display doctor drawer events fiscal group guesses health help journal log operation operator password pay pin policy print receipt refund replay report return session settle setup sign-off sign-on sign-ons slip slips status supervisors terminal till tills token trace whoami"
	else
		_tillctl_known "$(_tillctl_kind "$_tillctl_verb")"
		[ -n "$2" ] || _tillctl_second "$1"
	fi ;;
	esac
}

_tillctl() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local first='' second='' word i
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		case $word in
		--*) [ -z "$(_tillctl_kind "$word")" ] || ((i++)) ;;
		*) if [ -z "$first" ]; then first=$word
		   elif [ -z "$second" ]; then second=$word; fi ;;
		esac
	done
	word=$(_tillctl_choose "$first" "$second" "$before" "$current")
	mapfile -t COMPREPLY < <(compgen -W "$word" -- "$current")
	[ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

complete -F _tillctl tillctl
